// Package main answers questions about tokens and configurations with the code of the NATS project itself: what Go's JWT
// library and nats-server make of them. Each line of the input is a question in JSON, each line of the output its answer.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

// question asks about one thing.
type question struct {
	Ask string `json:"ask"`
	// Token is a JWT.
	Token string `json:"token"`
	// File is the path of a server's configuration.
	File string `json:"file"`
	// Accounts are the public keys of accounts to look at.
	Accounts []string `json:"accounts"`
	// Claims are the JSON of claims to sign.
	Claims []json.RawMessage `json:"claims"`
	// Seed is what they are signed with.
	Seed string `json:"seed"`
}

var answers = map[string]func(question) (any, error){
	"token":  aboutToken,
	"config": aboutConfig,
	"sign":   aboutSigning,
}

func answer(line []byte) any {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return map[string]string{"error": err.Error()}
	}
	find, ok := answers[asked.Ask]
	if !ok {
		return map[string]string{"error": fmt.Sprintf("nobody knows %q", asked.Ask)}
	}
	found, err := find(asked)
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	return found
}

func main() {
	lines := bufio.NewReader(os.Stdin)
	output := json.NewEncoder(os.Stdout)
	output.SetEscapeHTML(false)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := output.Encode(answer(line)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
		if err != nil {
			return
		}
	}
}
