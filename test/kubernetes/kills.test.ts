import { describeKills } from "../support/kills";

describeKills("kubernetes");
