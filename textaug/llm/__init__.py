"""Language models that write text: the engines, their cache, slots and prompts."""
