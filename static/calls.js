"use strict";
// The interface for programs as Swagger UI shows it: to read. Nothing can be sent from here, and nothing is asked of
// another server.
SwaggerUIBundle({
  dom_id: "#calls",
  url: document.getElementById("calls").dataset.description,
  supportedSubmitMethods: [],
  validatorUrl: null,
  deepLinking: false,
});
