// The skeleton of Report; replaced by its first real file.
