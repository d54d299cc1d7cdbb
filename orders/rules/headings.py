"""How people and their programs head the columns of lists of goods, the surest words first."""

SKU_HEADINGS = (
    "SKU", "Артикул", "Код товара", "Article", "Part number", "Vendor code", "Номер детали", "Каталожный номер",
    "Партномер", "Код номенклатуры", "Артикул товара", "Артикул поставщика", "Артикул продавца", "Item", "Item code",
    "Item number", "Item no", "Product code", "Stock code", "Code", "Product id", "Код",
)  # fmt: skip
