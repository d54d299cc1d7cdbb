"""What lies at the partners: partner stock, sell-out, advice, price cuts and stock protection."""
