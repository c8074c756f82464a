"""Example scripts: fine-tuning with augmentation, the demo, the offline masked LM."""
