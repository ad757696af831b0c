// The skeleton of Reference; replaced by its first real file.
