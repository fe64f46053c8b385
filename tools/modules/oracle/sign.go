package main

import (
	"encoding/json"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"
)

// signed is how long it took to sign claims.
type signed struct {
	Count   int     `json:"count"`
	Seconds float64 `json:"seconds"`
	// Tokens are what came of it.
	Tokens []string `json:"tokens"`
}

// aboutSigning signs claims of accounts and users with one key, and says how long that took without reading them.
func aboutSigning(asked question) (any, error) {
	key, err := nkeys.FromSeed([]byte(asked.Seed))
	if err != nil {
		return nil, err
	}
	claims, err := readClaims(asked.Claims)
	if err != nil {
		return nil, err
	}
	tokens := make([]string, 0, len(claims))
	start := time.Now()
	for _, one := range claims {
		token, err := one.Encode(key)
		if err != nil {
			return nil, err
		}
		tokens = append(tokens, token)
	}
	return signed{len(tokens), time.Since(start).Seconds(), tokens}, nil
}

func readClaims(texts []json.RawMessage) ([]jwt.Claims, error) {
	found := make([]jwt.Claims, 0, len(texts))
	for _, text := range texts {
		var kind struct {
			Nats struct {
				Type jwt.ClaimType `json:"type"`
			} `json:"nats"`
		}
		if err := json.Unmarshal(text, &kind); err != nil {
			return nil, err
		}
		var claims jwt.Claims = &jwt.UserClaims{}
		if kind.Nats.Type == jwt.AccountClaim {
			claims = &jwt.AccountClaims{}
		}
		if err := json.Unmarshal(text, claims); err != nil {
			return nil, err
		}
		found = append(found, claims)
	}
	return found, nil
}
