"""Scripts to copy from: fine-tuning with augmentation, the demo, the offline masked LM."""
