import { describeLoad } from "../support/load-changes";

describeLoad("kubernetes");
