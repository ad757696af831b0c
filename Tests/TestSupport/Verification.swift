// Draws and cases have their home beside the command that also uses them.
@_exported import Verification
