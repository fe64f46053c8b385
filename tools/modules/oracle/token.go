package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/nats-io/jwt/v2"
)

// finding is something that the library's validation says of a token.
type finding struct {
	Problem  string `json:"problem"`
	Blocking bool   `json:"blocking"`
}

// token is what the library reads in a JWT.
type token struct {
	// Claims are written by the library again.
	Claims   any       `json:"claims"`
	Findings []finding `json:"findings"`
	// Unknown are the paths of what the library does not know.
	Unknown []string `json:"unknown"`
}

func aboutToken(asked question) (any, error) {
	claims, err := jwt.Decode(asked.Token)
	if err != nil {
		return nil, err
	}
	results := jwt.CreateValidationResults()
	claims.Validate(results)
	findings := []finding{}
	for _, issue := range results.Issues {
		findings = append(findings, finding{issue.Description, issue.Blocking})
	}
	written, err := generic(claims)
	if err != nil {
		return nil, err
	}
	sent, err := payload(asked.Token)
	if err != nil {
		return nil, err
	}
	return token{written, findings, unknown("", sent, written)}, nil
}

func payload(text string) (any, error) {
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return nil, fmt.Errorf("%d parts", len(parts))
	}
	data, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil, err
	}
	var value any
	return value, json.Unmarshal(data, &value)
}

func generic(value any) (any, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var copied any
	return copied, json.Unmarshal(data, &copied)
}

// unknown lists what is in one value of JSON and not in the other, but for what says nothing.
func unknown(path string, sent any, written any) []string {
	found := []string{}
	switch sent := sent.(type) {
	case map[string]any:
		known, ok := written.(map[string]any)
		if !ok && len(sent) > 0 {
			return []string{path}
		}
		for key, value := range sent {
			found = append(found, unknown(path+"."+key, value, known[key])...)
		}
	case []any:
		known, ok := written.([]any)
		if (!ok && len(sent) > 0) || len(sent) != len(known) {
			return []string{path}
		}
		for index, value := range sent {
			found = append(found, unknown(fmt.Sprintf("%s[%d]", path, index), value, known[index])...)
		}
	default:
		if !reflect.DeepEqual(sent, written) && !(written == nil && saysNothing(sent)) {
			return []string{path}
		}
	}
	return found
}

func saysNothing(value any) bool {
	return value == nil || value == false || value == 0.0 || value == ""
}
