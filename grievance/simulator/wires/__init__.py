"""Each kind of gateway as it speaks: what it asks of us, how it answers, how it calls and proves itself."""

from grievance.simulator.lines import Wire
from grievance.simulator.wires import africastalking, android, generic, rapidpro, telerivet, twilio, vonage

WIRES: dict[str, Wire] = {
    "twilio": twilio.WIRE,
    "africastalking": africastalking.WIRE,
    "android": android.WIRE,
    "rapidpro": rapidpro.WIRE,
    "telerivet": telerivet.WIRE,
    "vonage": vonage.WIRE,
    "generic": generic.WIRE,
}
