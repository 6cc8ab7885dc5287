"""Who calls, with the documented credentials of each vendor."""

import httpx

ORGANISATION = "/admin/organisations/54b53d3aeba6db5c35000002"
TYK = {"admin-auth": "12345"}
IVALT = {"x-api-key": "YOUR_API_KEY"}
KONEKSI = {
    "Client-ID": "id_UGacp3OrGbGt78bpwzmhkB42cfhTL0US2dPMTbVb1E",
    "Client-Secret": "sk_1e9KhX0ZReeT6Avugl8cA2rBvKdD2z05LB9VrA4q3hY",
}
LOGIN = {"email": "system.admin@shikshalokam.org", "password": "SystemAdmin@2024"}


def elevate(client: httpx.Client) -> dict[str, str]:
    """Log in; return the headers of whoever did."""
    token = client.post("/user/v1/account/login", json=LOGIN).json()["result"]["access_token"]
    return {"X-auth-token": f"bearer {token}"}
