"""What the API of the orders' floor shows and takes, by area."""
