def folded(text):
    return " ".join(str(text).lower().replace("ё", "е").split())
