curl -X PATCH '{{url}}/user/v1/organization/update/{organization_id}' \
  -H 'X-auth-token: bearer {{access_token}}' \
  -H 'accept-language: hi' \
  -H 'Content-Type: application/json' \
  -d '{
    "name": "ShikshaLokam",
    "description": "Empowering educational leadership.",
    "related_orgs": [3,4]
  }'
