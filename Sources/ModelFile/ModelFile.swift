// The skeleton of ModelFile; replaced by its first real file.
