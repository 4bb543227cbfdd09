"""A demonstration on benign media: photographs that packages ship, and clips and sounds made from them by code."""
