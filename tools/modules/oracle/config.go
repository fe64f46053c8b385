package main

import (
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
)

// understood is what a server makes of its configuration.
type understood struct {
	SystemAccount string             `json:"systemAccount"`
	Accounts      map[string]account `json:"accounts"`
	Users         map[string]user    `json:"users"`
	// Callout is the service that a static server asks about clients.
	Callout *server.AuthCallout `json:"callout"`
}

// user is a user of a static configuration. Users of JWTs are not known before they come.
type user struct {
	Account         string              `json:"account"`
	Permissions     *server.Permissions `json:"permissions"`
	ConnectionTypes []string            `json:"connectionTypes"`
	ProxyRequired   bool                `json:"proxyRequired"`
}

// aboutConfig reads a file as nats-server does, makes a server of it that does not listen, and has it look up accounts.
func aboutConfig(asked question) (any, error) {
	options, err := server.ProcessConfigFile(asked.File)
	if err != nil {
		return nil, err
	}
	options.DontListen = true
	options.NoLog = true
	options.NoSigs = true
	instance, err := server.NewServer(options)
	if err != nil {
		return nil, err
	}
	defer instance.Shutdown()
	accounts := map[string]account{}
	for _, name := range asked.Accounts {
		found, err := instance.LookupAccount(name)
		if err != nil {
			return nil, fmt.Errorf("account %s: %w", name, err)
		}
		accounts[name] = describe(found)
	}
	users := map[string]user{}
	for _, entry := range options.Nkeys {
		users[entry.Nkey] = user{
			Account:         entry.Account.Name,
			Permissions:     entry.Permissions,
			ConnectionTypes: keys(entry.AllowedConnectionTypes),
			ProxyRequired:   entry.ProxyRequired,
		}
	}
	return understood{options.SystemAccount, accounts, users, options.AuthCallout}, nil
}
