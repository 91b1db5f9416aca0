package tree

import (
	"encoding/base64"
	"encoding/hex"
)

// hexSRI makes an integrity string of a hexadecimal SHA-1; "" for anything
// else.
func hexSRI(shasum string) string {
	raw, err := hex.DecodeString(shasum)
	if err != nil || len(raw) != 20 {
		return ""
	}
	return "sha1-" + base64.StdEncoding.EncodeToString(raw)
}
