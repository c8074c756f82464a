"""Models: loading, batching, masked LM, tagger, scores, fine-tuning."""
