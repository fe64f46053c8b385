import { describeRoutePassword } from "../stack/suites/routes";

describeRoutePassword("kubernetes");
