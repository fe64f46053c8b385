package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// Runs a command on the stack of the program, on the real engine. The program runs in this process.
func TestProgram(t *testing.T) {
	ctx := context.Background()
	stack, err := auto.UpsertStackInlineSource(ctx, os.Getenv("STACK"), "go-example", program, auto.WorkDir("."))
	must(t, err)
	var config map[string]string
	must(t, json.Unmarshal([]byte(os.Getenv("CONFIG")), &config))
	for key, value := range config {
		must(t, stack.SetConfig(ctx, key, auto.ConfigValue{Value: value}))
	}
	if os.Getenv("COMMAND") == "destroy" {
		_, err = stack.Destroy(ctx, optdestroy.ProgressStreams(os.Stderr))
		must(t, err)
		return
	}
	result, err := stack.Up(ctx, optup.ProgressStreams(os.Stderr))
	must(t, err)
	outputs := map[string]any{}
	for name, output := range result.Outputs {
		outputs[name] = map[string]any{"value": output.Value, "secret": output.Secret}
	}
	text, err := json.Marshal(map[string]any{"outputs": outputs, "changes": result.Summary.ResourceChanges})
	must(t, err)
	fmt.Println(string(text))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
