"""Pure rules: values and a date in, a result with its explanation out."""
