// What every page does when scripts run. Without them every page still works.
import { initAll } from "../vendor/govuk-frontend/govuk-frontend.min.js";

initAll();
