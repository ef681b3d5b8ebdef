# Only its bytes matter here: they are in the template, as the hash of an asset.
print("rmse on validation: 0.5")
