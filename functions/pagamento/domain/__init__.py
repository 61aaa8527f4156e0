"""From the analysed account to the money: pure."""
