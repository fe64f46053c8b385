import { describeExchange } from "../stack/suites/exchange";

describeExchange("kubernetes");
