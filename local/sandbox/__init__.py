"""The sandbox: scripted outcomes over fixed lives, their files for a homologation stage, a walk through all of it."""
