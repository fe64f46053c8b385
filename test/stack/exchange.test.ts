import { TARGETS } from "../support/stack-servers";
import { describeExchange } from "./suites/exchange";

TARGETS.forEach(describeExchange);
