curl -X POST '{{url}}/user/v1/org-admin/deactivateUser' \
  -H 'X-auth-token: bearer {{access_token}}' \
  -H 'accept-language: hi' \
  -H 'Content-Type: application/json' \
  -d '{"id": [1,2]}'
