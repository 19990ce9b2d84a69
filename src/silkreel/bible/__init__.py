"""What a whole series shares: cast, terms, lines with permanent ids, translations (the memory)."""
