"""The ground floor: settings, users and their rights, declared pages, flows, the trail, imports and exports."""
