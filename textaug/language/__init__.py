"""Words: WordNet, inflection, names, tokenization, articles, case."""
