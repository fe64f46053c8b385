/**
 * Serves the dynamic resources of a test stack for one command after the other: loads Pulumi's own provider, which starts
 * at once and prints its port, in the folder of the program. Ends when stdin ends.
 */
process.stdin.resume().on("end", () => process.exit());
require("@pulumi/pulumi/cmd/dynamic-provider");
