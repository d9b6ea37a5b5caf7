"""The gateway that is configured, not coded: how it calls us (`inbound`) and how we send by it (`outbound`)."""
