"""Sound in and out of the machine: players, inputs, devices, rings between threads. No Qt, no models."""
