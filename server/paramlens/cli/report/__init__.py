"""`paramlens report`: the models as one HTML file, or one model as an SVG picture."""
