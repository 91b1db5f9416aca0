package attest

// BuiltinSums are the digests that taken.go has of the built-in files.
func BuiltinSums() map[string]string {
	return map[string]string{"trusted_root.json": builtinRootSum, "keys.json": builtinKeysSum, "root.json": builtinTUFSum}
}
