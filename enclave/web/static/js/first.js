// Runs before the page is drawn: GOV.UK Frontend shows its scripted forms only where these classes say that scripts run.
document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");
