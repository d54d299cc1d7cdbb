"""Writers of the catalogue: brands, categories, products, warehouses."""

from kam import trail
from kam.access import authority
from kam.records import change_record, create_record
from kam.writing import writes
from orders.models import Brand, Category, Product, Warehouse


def create_brand(*, by, **fields) -> Brand:
    """Add a brand we distribute."""
    return create_record(Brand, by=by, permission="orders.add_brand", **fields)


def change_brand(*, pk, by, version=None, **fields) -> Brand:
    """Change a brand."""
    return change_record(Brand, pk, by=by, permission="orders.change_brand", version=version, **fields)


def create_category(*, by, **fields) -> Category:
    """Add a branch of the catalogue."""
    return create_record(Category, by=by, permission="orders.add_category", **fields)


def change_category(*, pk, by, version=None, **fields) -> Category:
    """Change a branch of the catalogue."""
    return change_record(Category, pk, by=by, permission="orders.change_category", version=version, **fields)


def create_product(*, by, **fields) -> Product:
    """Add a product; raises Refused beside `sku` where the SKU is taken."""
    return create_record(Product, by=by, permission="orders.add_product", **fields)


def change_product(*, pk, by, version=None, **fields) -> Product:
    """Change a product."""
    return change_record(Product, pk, by=by, permission="orders.change_product", version=version, **fields)


def create_warehouse(*, by, **fields) -> Warehouse:
    """Add a warehouse of ours."""
    return create_record(Warehouse, by=by, permission="orders.add_warehouse", **fields)


def change_warehouse(*, pk, by, version=None, **fields) -> Warehouse:
    """Change a warehouse."""
    return change_record(Warehouse, pk, by=by, permission="orders.change_warehouse", version=version, **fields)


@writes
def create_products(*, by, products) -> list[Product]:
    """Add many products in a few statements, each with its trail; the products are valid as they come.

    A product that breaks a constraint refuses them all (IntegrityError).
    """
    who = authority(by, "orders.add_product")
    created = Product.objects.bulk_create(products, batch_size=500)
    trail.record_many(created, "create", by=who)
    return created
