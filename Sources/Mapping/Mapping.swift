// The skeleton of Mapping; replaced by its first real file.
