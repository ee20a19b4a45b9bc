"""What the API answers, as values. Percentages are 0 to 100, times aware UTC, boxes fractions of the upright image."""
