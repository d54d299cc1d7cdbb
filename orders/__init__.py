"""From catalogue to cash: prices, our warehouse, orders, reservations, shipments, invoices, payments, receivables."""
