// The skeleton of Machine; replaced by its first real file.
