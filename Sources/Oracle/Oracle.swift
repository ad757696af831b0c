// The skeleton of Oracle; replaced by its first real file.
