"""The demo company: invented people, brands, clients and two years of their dealings, told through actions."""
