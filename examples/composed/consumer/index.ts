import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const accounts = new pulumi.StackReference(config.require("accountsStack"));

const image = new docker.RemoteImage("nats-box", {
  name: config.require("image"),
  keepLocally: true,
});

const CREDS_FILE = "/nats/responder.creds";

// Replies to each request for an order's status with the content of the request.
const responder = new docker.Container("responder", {
  image: image.imageId,
  command: ["nats", "reply", "orders.status.*", "--echo"],
  envs: [pulumi.interpolate`NATS_URL=${accounts.requireOutput("url")}`, `NATS_CREDS=${CREDS_FILE}`],
  networksAdvanced: [{ name: accounts.requireOutput("network") as pulumi.Output<string> }],
  uploads: [{ file: CREDS_FILE, content: accounts.requireOutput("responderCreds") as pulumi.Output<string> }],
  restart: "unless-stopped",
});

export const container = responder.id;
