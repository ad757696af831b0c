// The skeleton of LockStep; replaced by its first real file.
